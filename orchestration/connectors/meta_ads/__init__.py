"""Meta: daily spend per campaign of every ad account, by the Marketing API's insights."""
