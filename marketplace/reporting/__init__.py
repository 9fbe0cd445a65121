"""Reports of a business garden to its funders: figures for a period, as of a past date, issued versions and links."""
