"""Statistical methods: arrays in, values out."""
