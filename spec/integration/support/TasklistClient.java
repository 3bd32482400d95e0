import com.fasterxml.jackson.databind.ObjectMapper;
import io.camunda.tasklist.CamundaTaskListClient;
import io.camunda.tasklist.CamundaTaskListClientProperties;
import io.camunda.tasklist.auth.JwtAuthentication;
import io.camunda.tasklist.auth.JwtCredential;
import io.camunda.tasklist.dto.DateFilter;
import io.camunda.tasklist.dto.Form;
import io.camunda.tasklist.dto.Pagination;
import io.camunda.tasklist.dto.Task;
import io.camunda.tasklist.dto.TaskList;
import io.camunda.tasklist.dto.TaskSearch;
import io.camunda.tasklist.dto.TaskState;
import io.camunda.tasklist.dto.Variable;
import io.camunda.tasklist.exception.TaskListException;
import io.camunda.tasklist.generated.model.TaskOrderBy;
import java.net.URI;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A day's work with Camunda's Tasklist client for Java: prints as one line of JSON what it was given, or the text of
 * what went wrong. tasklist_client.js does the same with the SDK for Node. Where to, and as whom, is in the environment.
 */
public class TasklistClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSZ");

  private interface Call {
    void run() throws Exception;
  }

  /** What is said of a call that is refused. Only the innermost cause has the server's words. */
  private static String refusal(Call call) {
    try {
      call.run();
    } catch (Exception refused) {
      Throwable cause = refused;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      return cause.toString();
    }
    throw new IllegalStateException("a call that must fail did not");
  }

  private static CamundaTaskListClient connect() throws Exception {
    Map<String, String> env = System.getenv();
    JwtCredential credential = new JwtCredential(env.get("ZEEBE_CLIENT_ID"), env.get("ZEEBE_CLIENT_SECRET"),
        "tasklist.camunda.io", URI.create(env.get("ZEEBE_AUTHORIZATION_SERVER_URL")).toURL(), null);
    return new CamundaTaskListClient(new CamundaTaskListClientProperties(new JwtAuthentication(credential),
        env.get("CAMUNDA_TASKLIST_BASE_URL"), false, true, false), null);
  }

  private static List<String> ids(Iterable<Task> tasks) {
    List<String> ids = new ArrayList<>();
    for (Task task : tasks) {
      ids.add(task.getId());
    }
    return ids;
  }

  private static List<List<String>> walk(CamundaTaskListClient tasklist) throws TaskListException {
    List<List<String>> pages = new ArrayList<>();
    TaskList page = tasklist.getTasks(new TaskSearch().setState(TaskState.CREATED)
        .setPagination(new Pagination().setPageSize(2)));
    while (page.size() > 0) {
      pages.add(ids(page));
      page = tasklist.after(page);
    }
    return pages;
  }

  private static List<String> sort(CamundaTaskListClient tasklist) throws TaskListException {
    return ids(tasklist.getTasks(new TaskSearch().setPagination(new Pagination().setPageSize(50)
        .setSort(List.of(new TaskOrderBy().field(TaskOrderBy.FieldEnum.DUE_DATE)
            .order(TaskOrderBy.OrderEnum.ASC))))));
  }

  private static List<String> filter(CamundaTaskListClient tasklist) throws TaskListException {
    return ids(tasklist.getTasks(new TaskSearch().setState(TaskState.CREATED).setAssigned(false)
        .setCandidateGroup("accounting")
        .setDueDate(new DateFilter(OffsetDateTime.parse("2024-03-01T00:00:00Z"),
            OffsetDateTime.parse("2024-03-31T00:00:00Z")))
        .addVariableFilter("currency", "EUR").setPagination(new Pagination().setPageSize(50))));
  }

  private static Map<String, Object> look(CamundaTaskListClient tasklist, String id) throws TaskListException {
    Task task = tasklist.getTask(id);
    Map<String, Object> seen = new LinkedHashMap<>();
    seen.put("id", task.getId());
    seen.put("name", task.getName());
    seen.put("processName", task.getProcessName());
    seen.put("state", task.getTaskState());
    seen.put("created", OffsetDateTime.parse(task.getCreationDate(), DATE).toInstant().toString());
    seen.put("due", task.getDueDate() == null ? null : task.getDueDate().toInstant().toString());
    seen.put("assignee", task.getAssignee());
    seen.put("candidateGroups", task.getCandidateGroups());
    seen.put("formId", task.getFormId());
    seen.put("priority", task.getPriority());
    return seen;
  }

  private static Map<String, Object> read(CamundaTaskListClient tasklist, String id) throws Exception {
    Map<String, Object> all = new LinkedHashMap<>();
    String customer = null;
    for (Variable variable : tasklist.getVariables(id)) {
      all.put(variable.getName(), JSON.writeValueAsString(variable.getValue()));
      if (variable.getName().equals("customer")) {
        customer = variable.getId();
      }
    }
    return Map.of("all", all, "one", JSON.writeValueAsString(tasklist.getVariable(customer).getValue()));
  }

  private static Map<String, Object> form(CamundaTaskListClient tasklist, Task task) throws TaskListException {
    Form form = tasklist.getForm(task.getFormId(), task.getProcessDefinitionKey());
    return Map.of("id", form.getId(), "version", form.getVersion(), "schema", form.getSchema());
  }

  private static Map<String, Object> work(CamundaTaskListClient tasklist) throws Exception {
    Map<String, Object> seen = new LinkedHashMap<>();
    seen.put("pages", walk(tasklist));
    seen.put("sorted", sort(tasklist));
    List<String> filtered = filter(tasklist);
    seen.put("filtered", filtered);
    String id = filtered.get(0);
    seen.put("task", look(tasklist, id));
    seen.put("variables", read(tasklist, id));
    seen.put("form", form(tasklist, tasklist.getTask(id)));
    tasklist.saveDraftVariables(id, Map.of("note", "soon"));
    seen.put("assignee", tasklist.claim(id, "jane").getAssignee());
    seen.put("assigned", refusal(() -> tasklist.claim(id, "omar", false)));
    seen.put("unassigned", tasklist.unclaim(id).getAssignee());
    tasklist.claim(id, "omar", true);
    Map<String, Object> variables = new LinkedHashMap<>();
    variables.put("approved", true);
    variables.put("count", 3);
    variables.put("note", "Zoë 🏝");
    variables.put("lines", List.of(Map.of("text", "tea")));
    tasklist.completeTask(id, variables);
    seen.put("completed", look(tasklist, id));
    seen.put("inactive", refusal(() -> tasklist.completeTask(id, Map.of())));
    seen.put("missing", refusal(() -> tasklist.getTask("1")));
    return seen;
  }

  public static void main(String[] arguments) throws Exception {
    System.out.write(JSON.writeValueAsBytes(work(connect())));
    System.out.println();
  }
}
