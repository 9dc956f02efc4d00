"""The blueprint of the citizen's pages."""

from flask import Blueprint

blueprint = Blueprint("web", __name__, template_folder="templates")
