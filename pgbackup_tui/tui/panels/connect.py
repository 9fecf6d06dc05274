"""Connect: the profiles there are, and signing in to a CommServe."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.message import Message
from textual.widgets import Button, Checkbox, Input, RadioSet

from pgbackup_tui.errors import PgBackupError
from pgbackup_tui.secret import Secret
from pgbackup_tui.settings.errors import SettingsError
from pgbackup_tui.settings.profiles import Profile
from pgbackup_tui.settings.values import StorePreference
from pgbackup_tui.sign_in import PIN_ADVICE
from pgbackup_tui.target import Target
from pgbackup_tui.text import clean
from pgbackup_tui.tui.actions import Place, bindings_for
from pgbackup_tui.tui.desk import Desk, State
from pgbackup_tui.tui.entrance import Entrance, SignInForm
from pgbackup_tui.tui.panels.panel import Panel
from pgbackup_tui.tui.present.pieces import Line, Piece, Signs, Tone, fit
from pgbackup_tui.tui.records import Severity
from pgbackup_tui.tui.telling import tell_error
from pgbackup_tui.tui.widgets.choices import CheckMark, Choice, Choices
from pgbackup_tui.tui.widgets.field import TextField
from pgbackup_tui.tui.widgets.line_view import LineView
from pgbackup_tui.tui.widgets.words import Words

_NAME_WIDTH = 24
_DEMO = "This is the demo: leave it, and start pgbackup-tui to sign in to a CommServe."


class ProfileList(LineView):
    """The profiles of the settings file."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", "Use it", show=False)]
    keeps_cursor = False

    def __init__(self, signs: Signs) -> None:
        super().__init__(id="profiles", signs=signs)
        self.profiles: list[Profile] = []

    def count(self) -> int:
        return len(self.profiles)

    def line(self, index: int, width: int) -> Line:
        profile = self.profiles[index]
        marks = [profile.production] if profile.production else []
        marks += ["read-only"] if profile.read_only else []
        tone = Tone.BAD if profile.production else Tone.DIM
        where = fit(clean(profile.url), max(1, width - _NAME_WIDTH - 24), self.signs)
        return (
            Piece(fit(clean(profile.name), _NAME_WIDTH, self.signs), Tone.STRONG),
            Piece(where),
            Piece(fit("  " + clean(", ".join(marks)), 24, self.signs), tone),
        )


class ConnectPanel(Panel):
    """Where a person signs in, and changes from one CommServe to another."""

    PLACE = Place.CONNECT
    BINDINGS = bindings_for(Place.CONNECT)

    class Entered(Message):
        """Somebody signed in."""

        def __init__(self, target: Target) -> None:
            super().__init__()
            self.target = target

    class ProfileChosen(Message):
        """Another profile is wanted, with the token that it has."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    def __init__(self, desk: Desk, signs: Signs, entrance: Entrance | None, *, read_only: bool = False) -> None:
        super().__init__(desk, signs, read_only=read_only)
        self.entrance = entrance
        self.profiles = ProfileList(signs)
        self._is_signing_in = False

    def compose(self) -> ComposeResult:
        yield Words("Sign in to a CommServe", id="connect-title", classes="title")
        with VerticalScroll(id="connect-form", can_focus=False):
            yield self.profiles
            yield Words(id="connect-reason", classes="problem")
            for name, label, hint in (
                ("address", "Address", "a host name is enough"),
                ("login_user", "User", "empty: sign in with an API token"),
                ("login_secret", "Secret", ""),
                ("login_ca", "CA file", "certificates to trust besides the system's; may stay empty"),
                ("login_profile", "Profile", "a name to keep this under; empty: this time only"),
                ("login_production", "Production", "a word that is shown for production, for instance PROD"),
            ):
                with Horizontal(classes="field"):
                    yield Words(label, classes="label")
                    yield TextField(name, hint, password=name == "login_secret")
            with Horizontal(classes="field"):
                yield Words("Options", classes="label")
                yield CheckMark("read-only", id="login_read_only", compact=True)
            with Horizontal(classes="field"):
                yield Words("Keep it", classes="label")
                with Choices(id="login_store", compact=True):
                    yield Choice("this session only", id="store-none", value=True, compact=True)
                    yield Choice("kernel keyring", id="store-kernel", compact=True, disabled=True)
                    yield Choice("login keyring", id="store-keyring", compact=True, disabled=True)
            yield Words(id="store-note", classes="note")
            with Horizontal(id="connect-buttons"):
                yield Button("Sign in", id="sign-in", compact=True)
                yield Button("Back", id="connect-back", compact=True)

    def enter(self) -> None:
        """Fills in what is known, and tries out where a token can be kept."""
        self._fill()
        self._show_secret_hint()
        self.in_background(self._offer_stores(), "stores", exclusive=True)
        first = "#login_user" if self._field("address").value else "#address"
        (self.profiles if self.profiles.count() else self.query_one(first)).focus()

    def leave(self) -> None:
        self._field("login_secret").value = ""

    @on(LineView.Chosen, "#profiles")
    def _profile_chosen(self, event: LineView.Chosen) -> None:
        self.post_message(self.ProfileChosen(self.profiles.profiles[event.index].name))

    @on(Input.Changed, "#login_user")
    def _show_secret_hint(self) -> None:
        by_password = bool(self._field("login_user").value.strip())
        self._field("login_secret").placeholder = f"password; {PIN_ADVICE}" if by_password else "API token"

    @on(Button.Pressed, "#sign-in")
    @on(Input.Submitted)
    def action_sign_in(self) -> None:
        """Signs in with what the form says."""
        if self.entrance is None:
            self.tell(_DEMO)
        elif not self._is_signing_in:
            self._is_signing_in = True
            self.in_background(self._sign_in(self.entrance, self._typed()), "sign in")

    @on(Button.Pressed, "#connect-back")
    def action_back(self) -> None:
        """Goes on without a keyring that is waited for, or back to the tree."""
        if self.desk.waiting_for:
            self.desk.skip_waiting()
        else:
            super().action_back()

    async def _sign_in(self, entrance: Entrance, form: SignInForm) -> None:
        self._say_reason("Signing in …")
        try:
            entered = await entrance.enter(form)
        except PgBackupError as error:
            tell_error(self.desk.log, error)
            self._say_reason(f"{clean(error.problem)} {clean(error.advice)}")
            self._field("login_secret").value = ""
            if self.is_on_screen:  # the person may be elsewhere by now, and types there
                self._field("login_secret").focus()
            return
        finally:
            self._is_signing_in = False
        for note in entered.notes:
            self.desk.log.add(Severity.INFO, note)
        self._say_reason("")
        if self.is_on_screen:
            self.post_message(self.Entered(entered.target))
        else:
            self.tell(
                self.keymap.say(
                    "The sign-in was left before it was answered: {everywhere.connect} leads there again."
                )
            )

    async def _offer_stores(self) -> None:
        if self.entrance is None:
            return
        try:
            offers = await self.entrance.stores()
        except PgBackupError as error:
            self._note_of_stores(f"{error.problem} {error.advice}")
            return
        for offer in offers:
            for choice in self.query(f"#store-{offer.kind}").results(Choice):
                choice.disabled = offer.error is not None
        missing = [f"{found.error.problem} {found.error.advice}".strip() for found in offers if found.error]
        self._note_of_stores("\n".join(missing))

    def _note_of_stores(self, words: str) -> None:
        for note in self.query("#store-note").results(Words):  # there is none when the console was left meanwhile
            note.say(clean(words).replace("⏎", "\n"))

    def _fill(self) -> None:
        failure = self.desk.failure
        reason = f"{failure.problem} {failure.advice}" if failure and self.desk.state is State.SIGNED_OUT else ""
        prompt = self.desk.prompt
        if prompt is not None and prompt.is_open:
            reason = "The CommServe does not take the Authtoken any more. Following goes on after signing in."
        if self.entrance is None:
            reason = _DEMO
        self._fill_profiles()
        if not reason and not self.profiles.count():
            reason = "No profile is kept yet: with a name under Profile, the next start needs none of this."
        self._say_reason(clean(reason))
        target = self.desk.target
        profile = target.profile if target else None
        if target is not None and not self._field("address").value:
            self._field("address").value = target.typed
            self._field("login_user").value = profile.user if profile else ""

    def _say_reason(self, words: str) -> None:
        line = self.query_one("#connect-reason", Words)
        line.say(words)
        line.display = bool(words)

    def _fill_profiles(self) -> None:
        if self.entrance is not None:
            try:
                self.profiles.profiles = list(self.entrance.settings().profiles.values())
            except SettingsError as error:
                tell_error(self.desk.log, error)
        self.profiles.display = bool(self.profiles.profiles)
        self.profiles.lines_changed()

    def _typed(self) -> SignInForm:
        pressed = self.query_one("#login_store", RadioSet).pressed_button
        stores: dict[str, StorePreference] = {"store-kernel": "kernel", "store-keyring": "keyring"}
        return SignInForm(
            address=self._field("address").value,
            user=self._field("login_user").value,
            secret=Secret(self._field("login_secret").value),
            ca_file=self._field("login_ca").value,
            profile=self._field("login_profile").value,
            production=self._field("login_production").value,
            read_only=self.query_one("#login_read_only", Checkbox).value,
            store=stores.get((pressed.id or "") if pressed else "", "none"),
        )

    def _field(self, name: str) -> Input:
        return self.query_one(f"#{name}", Input)
