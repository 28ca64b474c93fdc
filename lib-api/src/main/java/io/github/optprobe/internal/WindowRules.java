package io.github.optprobe.internal;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.CodeMap;
import io.github.optprobe.Culprit;
import io.github.optprobe.Refusal;
import io.github.optprobe.WindowPolicy;
import io.github.optprobe.WindowRefusal;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.CodeScan;
import io.github.optprobe.arch.WindowPlan;
import io.github.optprobe.text.AddressRange;
import io.github.optprobe.text.TextReader;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * May this window be overwritten? Nothing but its start may ever be jumped to. Used under the
 * registry's lock. Source of the rules: the kernel's {@code can_optimize()}.
 *
 * <p>A window of one instruction needs less: no jump table leads into the middle of an instruction.
 * Direct branches do, where compilers jump over a {@code lock} prefix, and are always looked for.
 */
final class WindowRules {
  private final CodeMap codeMap;
  private final WindowPolicy policy;
  private final Scans scans;
  private final Standing standing;
  private final TextReader original;

  WindowRules(
      CodeMap codeMap, WindowPolicy policy, Scans scans, Standing standing, TextReader original) {
    this.codeMap = codeMap;
    this.policy = policy;
    this.scans = scans;
    this.standing = standing;
    this.original = original;
  }

  /** Why the window may not be overwritten; empty if it may. */
  Optional<Refusal> objection(Architecture architecture, CodeAddress address, WindowPlan plan) {
    Optional<CodeMap.Function> function = codeMap.functionAt(address.value());
    if (function.isEmpty()) {
      return Optional.of(new Refusal.OutsideKnownCode(architecture.culprit(original, address)));
    }
    return new Check(architecture, address, plan, function.get()).objection();
  }

  /** The refusal of a window that the function is too short for. */
  static Refusal leavesFunction(Culprit probed, CodeMap.Function function) {
    long left = function.body().last() - probed.address().value() + 1;
    return new Refusal.WindowLeavesFunction(probed, function.name(), left);
  }

  /** One check of one window. */
  private final class Check {
    private final Architecture architecture;
    private final CodeAddress address;
    private final WindowPlan plan;
    private final CodeMap.Function function;

    Check(
        Architecture architecture,
        CodeAddress address,
        WindowPlan plan,
        CodeMap.Function function) {
      this.architecture = architecture;
      this.address = address;
      this.plan = plan;
      this.function = function;
    }

    Optional<Refusal> objection() {
      if (!function.body().contains(plan.window())) {
        return Optional.of(leavesFunction());
      }
      CodeScan body = scans.of(architecture, function);
      Optional<Refusal> unknownBranches =
          plan.instructions() == 1
              ? Optional.empty()
              : undecodable(body)
                  .or(() -> indirectJump(body))
                  .or(this::indirectJumpElsewhere)
                  .or(this::unknownEntries);
      return unknownBranches
          .or(() -> branchFrom(body))
          .or(this::branchFromElsewhere)
          .or(this::landing);
    }

    private Refusal leavesFunction() {
      return WindowRules.leavesFunction(culprit(address.value()), function);
    }

    private Optional<Refusal> undecodable(CodeScan body) {
      return at(body.firstUndecodable())
          .map(where -> new Refusal.FunctionUndecodable(where, function.name()));
    }

    private Optional<Refusal> indirectJump(CodeScan scan) {
      return believedToBeSafe() ? Optional.empty() : jumpIn(scan);
    }

    /** The window at the entry, if nothing but its start is reached from elsewhere. */
    private boolean believedToBeSafe() {
      return policy == WindowPolicy.RELAXED
          && standing.isEntry(architecture, function, address)
          && plan.unlessEntriesKnown().isEmpty();
    }

    private Optional<Refusal> jumpIn(CodeScan scan) {
      OptionalLong where =
          policy == WindowPolicy.RELAXED ? scan.firstComputedJump() : scan.firstIndirectJump();
      return at(where).map(jump -> new Refusal.IndirectJump(jump, function.name()));
    }

    /** Parts of the function that stand elsewhere, each of which is a function of the map too. */
    private Optional<Refusal> indirectJumpElsewhere() {
      return function.mayBranchIn().stream()
          .map(this::known)
          .flatMap(Optional::stream)
          .map(part -> indirectJump(scans.of(architecture, part)))
          .flatMap(Optional::stream)
          .findFirst();
    }

    private Optional<CodeMap.Function> known(AddressRange range) {
      return codeMap.functionAt(range.first()).filter(part -> part.body().equals(range));
    }

    private Optional<Refusal> unknownEntries() {
      return function.landings().known() ? Optional.empty() : plan.unlessEntriesKnown();
    }

    private Optional<Refusal> branchFromElsewhere() {
      return function.mayBranchIn().stream()
          .map(range -> branchFrom(scanElsewhere(range)))
          .flatMap(Optional::stream)
          .findFirst();
    }

    private CodeScan scanElsewhere(AddressRange range) {
      return known(range)
          .map(part -> scans.of(architecture, part))
          .orElseGet(() -> scans.of(architecture, range));
    }

    private Optional<Refusal> landing() {
      AddressRange window = plan.window();
      return function.landings().addresses().stream()
          .filter(landing -> landing != window.first() && window.contains(landing))
          .findFirst()
          .map(
              landing ->
                  new WindowRefusal.LandingInWindow(culprit(landing), window, function.name()));
    }

    /** Direct branches within the window lead to the relocated instructions: no danger. */
    private Optional<Refusal> branchFrom(CodeScan scan) {
      AddressRange window = plan.window();
      AddressRange inside = new AddressRange(window.first() + 1, window.last());
      List<CodeScan.Branch> branches = scan.branchesInto(inside);
      return branches.stream()
          .filter(branch -> !branch.direct() || !window.contains(branch.from()))
          .findFirst()
          .map(branch -> new Refusal.BranchIntoWindow(culprit(branch.from()), window, branch.to()));
    }

    private Optional<Culprit> at(OptionalLong where) {
      return where.isPresent() ? Optional.of(culprit(where.getAsLong())) : Optional.empty();
    }

    private Culprit culprit(long where) {
      return architecture.culprit(original, new CodeAddress(where, architecture.instructionSet()));
    }
  }
}
