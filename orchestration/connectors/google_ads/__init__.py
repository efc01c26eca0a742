"""Google Ads: daily spend per campaign of every account, by REST searchStream."""
