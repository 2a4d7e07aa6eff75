"""Routes for websites that embed a credential: widgets, badge images, oEmbed, and the snippets to copy."""
