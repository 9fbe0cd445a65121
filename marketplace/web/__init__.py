"""What all views share: access, forms, filters, error pages and security headers."""
