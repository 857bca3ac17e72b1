"""Any encounter as a page that a person can read: what was said, what came back, what it earned.

Belongs here: reading messages back (`messages`), the page (`page`), the points in words (`points`),
terminal and HTML (`terminal`, `html`), where a page may lie (`files`). Does not belong here:
scoring. Figures and reasons are those of `evaluators.scoring`, never computed a second time.
"""
