"""Complete response of each irradiated lesion, by every judge and estimand, and what became of the lesion."""

from common import begin

from oligomet.outcomes.best_complete_response import assess_complete_responses, describe_courses, describe_imaging
from oligomet.tables import read, write

study = begin(snakemake)
names = ("lesions", "measurements", "therapies", "events")
lesions, measurements, therapies, events = (read(snakemake.input[name], variables=study.variables) for name in names)
declared, rules, months = study.complete_response, study.response, study.months
complete = assess_complete_responses(lesions, measurements, therapies, events, declared, rules, months)
imaging = describe_imaging(lesions, measurements, declared, rules, months)
write(complete, snakemake.output.complete_responses)
write(imaging, snakemake.output.lesion_imaging)
courses = describe_courses(complete, imaging, lesions, therapies, events, declared, months)
write(courses, snakemake.output.lesion_courses)
