package io.github.optprobe.internal;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.HitRouter;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.Architecture;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.text.AddressRange;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one probe at an address: an aggregate probe of one or more kprobes, and an optimized kprobe
 * once it owns a detour buffer.
 *
 * <p>Written under the registry's lock only. What a hit needs is volatile and read without a lock.
 */
final class Aggregate {
  private static final Member[] NONE = {};

  private final CodeAddress address;

  /** The address once more: searches come by here a lot. */
  private final long addressValue;

  private final Architecture architecture;
  private final PreparedProbe prepared;
  private final HitRouter router;

  private volatile Member[] members = NONE;
  private volatile Tier trapTier;
  private volatile TextState text = TextState.ORIGINAL;
  private volatile boolean diverting;

  /** Whether a store failed, and so did taking it back: what stands in the text is not known. */
  private boolean unsure;

  /** The operation in progress that it is among the addresses of. */
  private @Nullable Touched touchedBy;

  /** Whether restoring the text failed, so that trying again is nothing to hurry about. */
  private boolean stuck;

  private volatile @Nullable PreparedDetour detour;

  /** Why there is no detour buffer, or why its jump could not be written. */
  private @Nullable Refusal detourRefusal;

  Aggregate(Architecture architecture, PreparedProbe prepared) {
    this(architecture, prepared, HitRouter.NONE);
  }

  /**
   * Creates one.
   *
   * @param router told of where traps go and which handlers run
   */
  Aggregate(Architecture architecture, PreparedProbe prepared, HitRouter router) {
    this.router = router;
    this.address = prepared.address();
    this.addressValue = address.value();
    this.architecture = architecture;
    this.prepared = prepared;
    this.trapTier = TierChoice.forTraps(prepared.tiers(), members);
  }

  CodeAddress address() {
    return address;
  }

  long addressValue() {
    return addressValue;
  }

  Architecture architecture() {
    return architecture;
  }

  PreparedProbe prepared() {
    return prepared;
  }

  AddressRange instruction() {
    return AddressRange.ofLength(address.value(), prepared.original().length);
  }

  Member[] members() {
    return members;
  }

  boolean isUnused() {
    return members.length == 0;
  }

  boolean hasEnabledMember() {
    for (Member member : members) {
      if (member.isEnabled()) {
        return true;
      }
    }
    return false;
  }

  void add(Member member, int position) {
    Member[] grown = Arrays.copyOf(members, members.length + 1);
    System.arraycopy(members, position, grown, position + 1, members.length - position);
    grown[position] = member;
    replaceMembers(grown);
  }

  /** Removes a member and returns the position it had. */
  int remove(Member member) {
    int position = Arrays.asList(members).indexOf(member);
    Member[] shrunk = Arrays.copyOf(members, members.length - 1);
    System.arraycopy(members, position + 1, shrunk, position, shrunk.length - position);
    replaceMembers(shrunk);
    return position;
  }

  private void replaceMembers(Member[] replacement) {
    trapTier = TierChoice.forTraps(prepared.tiers(), replacement);
    members = replacement;
  }

  /** The tier in which a trap here is resumed. */
  Tier trapTier() {
    return trapTier;
  }

  TextState text() {
    return text;
  }

  void setText(TextState state) {
    PreparedDetour before = jump();
    text = state;
    tellIfDiverted(before);
  }

  private void tellIfDiverted(@Nullable PreparedDetour before) {
    PreparedDetour now = jump();
    if (now != before) {
      router.diverted(address, Optional.ofNullable(now));
    }
  }

  /** Tells which handlers run from now on. */
  void tellMembers() {
    if (router != HitRouter.NONE) {
      List<ProbeHandle> active =
          Arrays.stream(members).filter(Member::isActive).<ProbeHandle>map(each -> each).toList();
      router.members(address, trapTier, active);
    }
  }

  /**
   * Says whether a trap here goes into the detour buffer, because the text is between breakpoint
   * and jump or is about to be: from the copy, a CPU would come back into the window.
   */
  void setDiverting(boolean now) {
    PreparedDetour before = jump();
    diverting = now;
    tellIfDiverted(before);
  }

  /**
   * The detour whose jump stands in the text, or does so in part or soon; null if there is none.
   */
  @Nullable PreparedDetour jump() {
    PreparedDetour mine = detour;
    return diverting || text == TextState.JUMP ? mine : null;
  }

  boolean isUnsure() {
    return unsure;
  }

  void setUnsure(boolean now) {
    unsure = now;
  }

  @Nullable Touched touchedBy() {
    return touchedBy;
  }

  void setTouchedBy(@Nullable Touched operation) {
    touchedBy = operation;
  }

  boolean isStuck() {
    return stuck;
  }

  void setStuck(boolean now) {
    stuck = now;
  }

  @Nullable PreparedDetour detour() {
    return detour;
  }

  void setDetour(PreparedDetour buffer) {
    detour = buffer;
    detourRefusal = null;
  }

  @Nullable Refusal detourRefusal() {
    return detourRefusal;
  }

  void setDetourRefusal(@Nullable Refusal refusal) {
    detourRefusal = refusal;
  }

  /** Gives up the detour buffer, which is not to be used again. */
  void dropDetour(Refusal because) {
    detour = null;
    detourRefusal = because;
  }

  /** Every byte that it has written, or will have to write to restore them. */
  AddressRange occupied() {
    PreparedDetour mine = jump();
    return mine == null ? instruction() : mine.window();
  }

  /** Whether this probe's window holds {@code other}, and does not start there. */
  boolean windowCovers(long other) {
    PreparedDetour mine = detour;
    return mine != null && other != address.value() && mine.window().contains(other);
  }

  @Override
  public String toString() {
    return "probe at " + address;
  }
}
