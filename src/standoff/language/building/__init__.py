"""From the checked shape of a study to its model."""
