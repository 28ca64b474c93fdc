package io.github.optprobe;

import io.github.optprobe.arch.JumpForm;
import java.util.List;
import java.util.Optional;

/**
 * What would become of a probe at an address: the verdict on each tier, found by the same
 * computation as registering it, and undone.
 *
 * @param instruction the instruction at the address
 * @param verdicts one per {@link Tier}, in their order
 */
public record Explanation(Culprit instruction, List<Verdict> verdicts) {

  /** Creates an explanation. */
  public Explanation {
    verdicts = List.copyOf(verdicts);
  }

  /** The verdict on one tier. */
  public Verdict verdict(Tier tier) {
    return verdicts.stream().filter(each -> each.tier() == tier).findFirst().orElseThrow();
  }

  /** Whether a probe can be registered there at all. */
  public boolean isProbeable() {
    return verdicts.stream().anyMatch(Verdict::isAccepted);
  }

  /** One line for the instruction and one for each tier, or one for all where they agree. */
  @Override
  public String toString() {
    Optional<Refusal> first = verdicts.get(0).refusal();
    boolean allRefused =
        first.isPresent() && verdicts.stream().allMatch(v -> v.refusal().equals(first));
    if (allRefused) {
      return instruction + "\n  refused     " + first.get().message();
    }
    StringBuilder lines = new StringBuilder(instruction.toString());
    verdicts.forEach(verdict -> lines.append("\n  ").append(verdict));
    return lines.toString();
  }

  /**
   * The verdict on one tier.
   *
   * @param tier the tier
   * @param refusal why not; empty if it is accepted
   * @param patches what would be written into the text, empty if it is refused; the addresses in a
   *     jump are those of a buffer that was free at the moment of asking. A jump that needs an
   *     island has two: its own and the island's
   * @param form the form of the jump; empty if it is refused, and for every other tier
   * @param attempts if the jump is refused, the other forms that were tried, in that order. {@code
   *     refusal} is about the form that would have been best
   */
  public record Verdict(
      Tier tier,
      Optional<Refusal> refusal,
      List<Patch> patches,
      Optional<JumpForm> form,
      List<Attempt> attempts) {

    /** Creates a verdict. */
    public Verdict {
      patches = List.copyOf(patches);
      attempts = List.copyOf(attempts);
    }

    /** A verdict that is not about a jump, or of which no other forms are known. */
    public Verdict(Tier tier, Optional<Refusal> refusal, List<Patch> patches) {
      this(tier, refusal, patches, Optional.empty(), List.of());
    }

    /** Whether a probe can be in this tier. */
    public boolean isAccepted() {
      return refusal.isEmpty();
    }

    /** What would be written, or why not; a line more for each other form that was tried. */
    @Override
    public String toString() {
      StringBuilder lines = new StringBuilder("%-11s ".formatted(tier));
      lines.append(refusal.map(Refusal::message).orElseGet(() -> "writes " + patches));
      form.ifPresent(each -> lines.append(" as ").append(each));
      attempts.forEach(each -> lines.append("\n    not as ").append(each));
      return lines.toString();
    }
  }

  /**
   * A form of the jump that was tried in place of the best one.
   *
   * @param form what was tried
   * @param refusal why it can not be had either
   */
  public record Attempt(JumpForm form, Refusal refusal) {
    @Override
    public String toString() {
      return form + ": " + refusal.message();
    }
  }

  /**
   * Bytes that would be written.
   *
   * @param address where
   * @param before what stands there, as hex pairs with blanks between
   * @param after what would stand there
   */
  public record Patch(long address, String before, String after) {
    @Override
    public String toString() {
      return "0x%x: %s -> %s".formatted(address, before, after);
    }
  }
}
