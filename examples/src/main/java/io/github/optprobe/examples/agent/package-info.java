/**
 * What runs in another JVM when {@code optprobe live} is attached to it, and what is said over the
 * line between them. It knows the library and Java only, and nothing of commands.
 */
@NullMarked
package io.github.optprobe.examples.agent;

import org.jspecify.annotations.NullMarked;
