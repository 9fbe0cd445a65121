"""Infrastructure shared by all views: access control, forms, filters, error pages, security headers, caches."""
