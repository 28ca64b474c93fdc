/**
 * The machinery behind {@link io.github.optprobe.Kprobes}. Not exported, and nothing here knows an
 * instruction. In the order in which an operation goes through it:
 *
 * <ul>
 *   <li>what is asked for: {@code Registry} (the lock and the doors), {@code Memberships}, {@code
 *       Switchboard}, {@code GoneText}, {@code Limits}; {@code Member} and its two kinds, whose
 *       {@code HandleLife} is one of the two tables of states
 *   <li>what may be: {@code Places}, {@code Preparer}, {@code WindowRules}, {@code OffLimits},
 *       {@code Scans}
 *   <li>what is wanted: {@code WantedText}, the one place that decides it; {@code Movement}, the
 *       table of what follows from it
 *   <li>how it gets there: {@code Settler}, {@code PatchTransaction}, {@code Patcher}, the one
 *       place that writes it
 *   <li>what waits: {@code WorkQueues}, {@code Optimizer}, {@code OptimizerSchedule}, {@code
 *       Quiescence}, {@code Reclaimer}, {@code SlotKeeper}
 *   <li>where everything is: {@code Aggregate}, {@code Neighbours}, {@code ProbeTable}, {@code
 *       CodeIndex}, {@code RecoveredText}
 *   <li>a hit, which takes no lock: {@code CpuState}; for return probes {@code Trampolines}, {@code
 *       ReturnStack}, {@code InstancePool}
 *   <li>who is told: {@code Reporter}, {@code Observers}, {@code FlightRecorder}; {@code Overview},
 *       {@code Lister}, {@code Painter}, {@code Explainer} when asked
 * </ul>
 */
@NullMarked
package io.github.optprobe.internal;

import org.jspecify.annotations.NullMarked;
