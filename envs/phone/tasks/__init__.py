"""The catalogue of task templates."""

from envs.phone.tasks.base import PhoneTask
from envs.phone.tasks.clock import CLOCK_TASKS
from envs.phone.tasks.contacts import CONTACTS_TASKS
from envs.phone.tasks.files import FILES_TASKS
from envs.phone.tasks.messages import MESSAGES_TASKS
from envs.phone.tasks.notes import NOTES_TASKS
from envs.phone.tasks.system import SYSTEM_TASKS

TASKS: tuple[type[PhoneTask], ...] = (
    *SYSTEM_TASKS,
    *CLOCK_TASKS,
    *CONTACTS_TASKS,
    *MESSAGES_TASKS,
    *FILES_TASKS,
    *NOTES_TASKS,
)
