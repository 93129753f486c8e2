"""Files to one policy, again and again: loader, follower, last good versions, what changed."""
