/**
 * Whole programs under probes: a library that knows its own results, and functions of the library
 * for ARM in the jar of JNA, run in the emulator without and with probes.
 */
package io.github.optprobe.arm32.sweep;
