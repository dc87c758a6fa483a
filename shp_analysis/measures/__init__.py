"""From records to observations: what can be counted, what an area has of it, and an indicator's number per period."""
