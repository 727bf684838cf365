"""The job being done, for the progress bar and the Interrupt and Skip buttons."""

from modules import trace


class State:
    skipped = False
    interrupted = False
    stopping_generation = False
    job = ""
    job_no = 0
    job_count = 0
    processing_has_refined_job_count = False
    sampling_step = 0
    sampling_steps = 0
    current_image = None
    textinfo = None

    def begin(self, job: str = "(unknown)"):
        trace.add("begin", job=job)
        self.job, self.job_no, self.job_count = job, 0, -1
        self.sampling_step, self.textinfo = 0, None
        self.current_image = None
        self.skipped = self.interrupted = self.stopping_generation = False
        self.processing_has_refined_job_count = False

    def end(self):
        trace.add("end")
        self.job, self.job_count = "", 0

    def skip(self):
        self.skipped = True

    def interrupt(self):
        self.interrupted = True

    def set_current_image(self):
        """The real one decodes the latents; a test puts a picture here itself."""

    def nextjob(self):
        self.job_no += 1
        self.sampling_step = 0
