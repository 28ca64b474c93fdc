/**
 * The oracle: runs the same scenario from the same start state without and with probes, and says in
 * what the two runs differ. There are no hand-written expectations: <em>the unprobed run equals the
 * probed run</em>. The idea is that of the self-test of the Linux kernel's ARM kprobes.
 *
 * <p>Nothing here knows what a probe is; which addresses stand for which is given in.
 */
@NullMarked
package io.github.optprobe.testkit.oracle;

import org.jspecify.annotations.NullMarked;
