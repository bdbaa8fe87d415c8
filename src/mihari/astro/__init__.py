"""Physics on arrays: no input or output, no records, no clock. SI units, TAI nanoseconds, explicit frames."""
