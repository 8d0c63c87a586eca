"""What stands behind the API's resources: reservations behind the desk's rules, the rest behind their tables."""
