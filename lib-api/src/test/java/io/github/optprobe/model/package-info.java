/**
 * A plain sequential model of a registry, operations as data, and a shrinker: what random and
 * exhaustive tests of sequences have in common.
 */
@NullMarked
package io.github.optprobe.model;

import org.jspecify.annotations.NullMarked;
