"""How people are made and found."""

from typing import Any

from django.contrib.auth.base_user import BaseUserManager

from steppingup.formats.sameness import address


class UserManager(BaseUserManager[Any]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Any:
        user = self.model(email=address(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Any:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def with_address(self, email: str) -> Any:
        """Whose address it is: of the account itself, or the second one of somebody whose two accounts were merged."""
        second = self.filter(emailaddress__email=address(email), emailaddress__verified=True)
        return self.filter(email=email).first() or second.first()

    def get_by_natural_key(self, email: str | None) -> Any:
        return self.get(email=email)
