"""What is worked out for the application, in processes of its own that can be stopped."""
