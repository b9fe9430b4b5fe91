-- What a page can do and paper cannot: in HTML a number leads to the row that it comes from, listed at the end with a way back,
-- and a reference to the other document leads there. Both are ordinary links, for mouse, touch and keyboard, without a network.

if FORMAT:match("html") == nil then return {} end

local rows, numbers = pandoc.List(), {} -- text and source -> its place in the list

local function row_of(text, source)
  local key = text .. "\n" .. source
  if not numbers[key] then
    rows:insert({ text, source })
    numbers[key] = #rows
    return #rows, true
  end
  return numbers[key], false
end

local function link(span)
  if span.classes:includes("value") then
    local place, first = row_of(pandoc.utils.stringify(span.content), span.attributes.title or "")
    local attributes = { class = "value" }
    if first then attributes.id = "said-" .. place end
    return pandoc.Link(span.content, "#row-" .. place, span.attributes.title, attributes)
  end
  local there = span.attributes.there
  if there then return pandoc.Link(span.content, there, "", { class = "cross-reference" }) end
end

local function listed()
  local lines = rows:map(function(row, place)
    local text = pandoc.Link(row[1], "#said-" .. place, "back to the text", { id = "row-" .. place })
    return { { pandoc.Plain(text) }, { pandoc.Plain(row[2]) } }
  end)
  local columns = { pandoc.AlignLeft, pandoc.AlignLeft }
  local head = { { pandoc.Plain("Number") }, { pandoc.Plain("Where it comes from") } }
  local list = pandoc.utils.from_simple_table(pandoc.SimpleTable({}, columns, { 0, 0 }, head, lines))
  return { pandoc.Header(2, "The rows behind the numbers", { id = "sec-rows", class = "unnumbered" }),
    pandoc.Div(list, { class = "table rows" }) }
end

function Pandoc(document)
  document = document:walk({ Span = link })
  if #rows > 0 then document.blocks:extend(listed()) end
  return document
end
