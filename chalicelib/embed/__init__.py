"""Content for other websites: badges, widgets, oEmbed and snippets, all made from one `BadgeView`."""
