package io.github.optprobe;

import io.github.optprobe.text.AddressRange;

/** Why a window of several instructions may not be overwritten, beyond what {@link Refusal} has. */
public sealed interface WindowRefusal extends Refusal permits WindowRefusal.LandingInWindow {

  /**
   * The function may be entered inside the window, behind its start: by the unwinder, by a branch
   * of another function, or by name. The culprit is the place.
   *
   * @param culprit the instruction that is entered
   * @param window what would be overwritten
   * @param function the name of the function
   */
  record LandingInWindow(Culprit culprit, AddressRange window, String function)
      implements WindowRefusal {
    @Override
    public String code() {
      return "LANDING_IN_WINDOW";
    }

    @Override
    public String rule() {
      return "%s may be entered at 0x%x, inside the window %s"
          .formatted(function, culprit.address().value(), window);
    }

    @Override
    public String advice() {
      return "Probe 0x%x instead; the breakpoint works as it is."
          .formatted(culprit.address().value());
    }
  }
}
