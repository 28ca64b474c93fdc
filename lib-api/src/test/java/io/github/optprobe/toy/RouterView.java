package io.github.optprobe.toy;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.optprobe.CodeAddress;
import io.github.optprobe.Culprit;
import io.github.optprobe.HitRouter;
import io.github.optprobe.Probe;
import io.github.optprobe.ProbeHandle;
import io.github.optprobe.Refusal;
import io.github.optprobe.Tier;
import io.github.optprobe.arch.PreparedDetour;
import io.github.optprobe.arch.PreparedProbe;
import io.github.optprobe.arch.PreparedTrampoline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Knows of each address what a router was told last, and of all what it was told in which order.
 * Demands that it is told of nothing that it has not heard of before.
 */
public final class RouterView implements HitRouter {
  private final Map<Long, Site> sites = new TreeMap<>();
  private final List<String> log = new ArrayList<>();
  private Consumer<String> beforePreparing = what -> {};
  private Function<Culprit, Optional<Refusal>> objection = culprit -> Optional.empty();
  private long machineHits;

  /** What is known of one address. */
  public static final class Site {
    private @Nullable PreparedDetour prepared;
    private @Nullable PreparedDetour into;
    private @Nullable Tier trapTier;
    private List<ProbeHandle> active = List.of();

    /** Where traps are diverted to; null if they are not. */
    public @Nullable PreparedDetour into() {
      return into;
    }

    /** How a trap is resumed; null if nothing was said of it. */
    public @Nullable Tier trapTier() {
      return trapTier;
    }

    /** Which handlers run. */
    public List<ProbeHandle> active() {
      return active;
    }
  }

  /** Notes something that happened in between. */
  public void note(String what) {
    log.add(what);
  }

  /** What it was told since this was last asked. */
  public List<String> news() {
    List<String> news = List.copyOf(log);
    log.clear();
    return news;
  }

  /** What is known of the addresses that are probed. */
  public Map<Long, Site> sites() {
    return sites;
  }

  /** Runs, and may throw, whenever something was prepared: "probe", "detour" or "trampoline". */
  public void beforePreparing(Consumer<String> action) {
    beforePreparing = action;
  }

  /** Asked of every probe from now on. */
  public void object(Function<Culprit, Optional<Refusal>> newObjection) {
    objection = newObjection;
  }

  /** Says that each probe was hit so often. */
  public void setMachineHits(long hits) {
    machineHits = hits;
  }

  private Site site(CodeAddress address) {
    Site site = sites.get(address.value());
    assertThat(site).as("what is known of %s", address).isNotNull();
    return Objects.requireNonNull(site);
  }

  private void tell(String what, CodeAddress address) {
    log.add("%s %x".formatted(what, address.value()));
  }

  @Override
  public Optional<Refusal> objection(Probe probe, PreparedProbe prepared, Culprit culprit) {
    assertThat(culprit.address()).isEqualTo(prepared.address());
    site(prepared.address());
    return objection.apply(culprit);
  }

  @Override
  public void prepared(PreparedProbe probe) {
    beforePreparing.accept("probe");
    tell("prepared", probe.address());
    assertThat(sites.put(probe.address().value(), new Site())).as("prepared twice").isNull();
  }

  @Override
  public void prepared(PreparedDetour detour) {
    beforePreparing.accept("detour");
    tell("detour", detour.address());
    site(detour.address()).prepared = detour;
  }

  @Override
  public void prepared(PreparedTrampoline trampoline) {
    beforePreparing.accept("trampoline");
    log.add("trampoline");
  }

  @Override
  public void diverted(CodeAddress address, Optional<PreparedDetour> into) {
    tell(into.isPresent() ? "diverted" : "not diverted", address);
    Site site = site(address);
    into.ifPresent(detour -> assertThat(detour).isSameAs(site.prepared));
    site.into = into.orElse(null);
  }

  @Override
  public void members(CodeAddress address, Tier trapTier, List<ProbeHandle> active) {
    List<String> labels = active.stream().map(each -> each.probe().label()).toList();
    tell("%s %s at".formatted(trapTier, labels), address);
    Site site = site(address);
    site.trapTier = trapTier;
    site.active = active;
  }

  @Override
  public void removed(CodeAddress address) {
    tell("removed", address);
    site(address);
    sites.remove(address.value());
  }

  @Override
  public long hits(ProbeHandle probe) {
    return machineHits;
  }
}
