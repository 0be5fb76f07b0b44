"""The benchmark of stars, dials and questions: that each press is answered. Times are not looked at."""

from playwright.sync_api import Browser

from recsys.cli.benchmark import rate as benchmark_rate
from recsys.cli.benchmark.browser import tab


def test_each_star_dial_and_question_is_answered(server: str, browser: Browser) -> None:
    with tab(browser) as page:
        stars = benchmark_rate._stars(page, server, 2)
    with tab(browser) as page:
        dials, questions = benchmark_rate._person(page, f"{server}/person?lang=en&user=1", 2)
    for times in (stars, dials, questions):
        assert len(times) == 2
        assert min(times) > 0
