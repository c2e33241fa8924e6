"""Words of texts and queries: segmentation, stemming, languages, spelling."""
