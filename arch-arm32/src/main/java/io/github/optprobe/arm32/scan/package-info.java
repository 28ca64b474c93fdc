/**
 * What can be found out about the code of one function: where instructions start and where data
 * lies between them, where control may go, which instructions stand in IT blocks, and what is
 * padding. Reads text and decodes it, writes nothing, and knows no probe: what may be done with the
 * answers is decided elsewhere.
 */
@NullMarked
package io.github.optprobe.arm32.scan;

import org.jspecify.annotations.NullMarked;
