from steppingup.accounts.roles import Permission


class MoneyPermission(Permission):
    SEE_MONEY = "see_money", "See fees, bursaries and invoices"
    DECIDE_MONEY = "decide_money", "Decide bursaries, issue invoices, record payments"
