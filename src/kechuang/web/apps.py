"""The web application as Django knows it."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "kechuang.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
