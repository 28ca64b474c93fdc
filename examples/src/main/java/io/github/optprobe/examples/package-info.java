/**
 * The {@code optprobe} command and the programs of the README. They use the public API of the
 * library and of the testkit only: what can not be written here, a user can not write either.
 */
@NullMarked
package io.github.optprobe.examples;

import org.jspecify.annotations.NullMarked;
