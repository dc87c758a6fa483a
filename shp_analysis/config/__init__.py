"""What a partnership configures: indicators, breaks, events, priorities, comparator areas, and runs."""
