"""What a website embeds: badges, widgets, oEmbed and the snippets to copy, all drawn from one `BadgeView`."""
