"""What a person draws: graphs, the Edits that change them, and the JSON files that keep them."""
