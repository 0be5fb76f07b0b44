"""Together: one list for two to five people, or for the visitor and others."""

import streamlit as st

from pages.kit import frame
from pages.kit.i18n import t
from pages.together import people as together_people
from pages.together import shared_list
from recsys.recommend.together import LEAST

frame.page_header("together.title", "together.purpose")
the_model = frame.need_model()
people = together_people.choose(the_model)
if len(people) < LEAST:
    st.info(t("together.too_few", least=LEAST), icon=":material/group_add:")
else:
    shared_list.draw(the_model, people)
frame.how_it_works("together.how", key="how_together")
