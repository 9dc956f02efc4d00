"""The yearly competition: problems, ideas, jury, vote, results and what came of them."""
