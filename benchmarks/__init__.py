"""What the README's figures come from: every benchmark prints one table, writes it down and says whether it is met."""
