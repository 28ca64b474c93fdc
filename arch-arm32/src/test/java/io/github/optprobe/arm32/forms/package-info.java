/**
 * Every form of the decode tables, executed as it is and under a probe in each tier, from the same
 * states: the ends have to be equal.
 */
package io.github.optprobe.arm32.forms;
