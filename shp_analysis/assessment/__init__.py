"""What may be said of an indicator in a period: comparisons, verdicts, reasons, signals, comparator areas."""
