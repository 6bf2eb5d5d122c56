"""What blocks of futures come to: moments, quantiles and histograms, cell by cell."""
