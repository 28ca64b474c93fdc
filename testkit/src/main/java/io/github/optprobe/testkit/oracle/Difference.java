package io.github.optprobe.testkit.oracle;

/**
 * One thing in which two runs differ.
 *
 * @param what a register, an address, the number of a call
 * @param unprobed what the unprobed run had
 * @param probed what the probed run had
 */
public record Difference(String what, String unprobed, String probed) {}
