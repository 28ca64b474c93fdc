package io.github.optprobe.arm32.table;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the last column of a row says.
 *
 * @param operands the registers in fields
 * @param implicitRead registers read without a field, bit n for register n
 * @param implicitWritten registers written without a field
 * @param flagsRead flags read always
 * @param flagsWritten flags written, if there is a field S only when it is 1
 * @param keepsFlagsInIt whether the flags are left alone within an IT block
 * @param place where in an IT block it may stand
 * @param restrictions what its fields must fulfil
 * @param storeDepth how far below SP it stores, or null when it does not
 * @param loadDepth how far below SP it loads, or null when it does not
 */
record RowFacts(
    List<Operand> operands,
    int implicitRead,
    int implicitWritten,
    int flagsRead,
    int flagsWritten,
    boolean keepsFlagsInIt,
    ItPlace place,
    List<Restriction> restrictions,
    @Nullable Depth storeDepth,
    @Nullable Depth loadDepth) {}
