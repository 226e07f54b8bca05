"""Where participants see themselves before and after: when they are asked, what each of them said, and what all said together."""
