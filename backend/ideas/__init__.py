"""The yearly competition: problems, ideas, feasibility, jury, vote, count, results and what came after."""
