"""Areas and periods, with the code lists that they rest on."""
