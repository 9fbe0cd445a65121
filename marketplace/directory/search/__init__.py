"""Search for suppliers by the words that are typed: places, services, spelling, ranking of entries."""
