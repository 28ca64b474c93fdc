/**
 * A decoder of one's own, as {@code docs/fuzzing.md} shows it: a plug-in that the testkit finds as
 * a service and compares with others. It knows no architecture module, so that what agrees with it
 * was decoded twice.
 */
@NullMarked
package io.github.optprobe.examples.decoder;

import org.jspecify.annotations.NullMarked;
