"""The programme: projects with cohorts of companies, recruitment, course sessions and attendance."""
